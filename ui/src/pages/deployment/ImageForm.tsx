import { TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type Problem, sortOntoForm } from "../../api/errors";
import type { Image, Rollout } from "../../api/types";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";
import { imageName, parseImage, shortDigest, shortImage } from "../../lib/image";
import { withImage } from "../../lib/manifest";
import { useRollOut } from "./useRollOut";

interface Props {
  current: Rollout;
  done?: () => void;
  autoFocus?: boolean;
}

/** Another image or tag for what runs; everything else of the manifest stays. A tag alone, such as `:1.29`, is enough. */
export function ImageForm({ current, done, autoFocus }: Props) {
  const image = current.manifest.spec.image;
  const [text, setText] = useState(shortImage(image));
  const [problem, setProblem] = useState("");
  const [others, setOthers] = useState<Problem[]>([]);
  const rollOut = useRollOut();
  const same = text.trim() === shortImage(image);

  function submit(event: FormEvent): void {
    event.preventDefault();
    setProblem("");
    setOthers([]);
    try {
      const parsed = parseImage(complete(text, imageName(image)));
      rollOut.mutate(withImage(current.manifest, parsed), {
        onSuccess: () => {
          told(`Rolling out ${parsed.tag}.`);
          done?.();
        },
        onError: (error) => {
          const sorted = sortOntoForm(error, { "manifest.spec.image": "image" });
          setProblem(sorted.byField.image ?? "");
          setOthers(sorted.others);
        },
      });
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Problems problems={others} />
      <TextInput
        label="Image and tag"
        description={hint(same, image)}
        leftSection={<Icon name="box" />}
        classNames={{ input: same ? "mono" : "mono changed" }}
        spellCheck={false}
        data-autofocus={autoFocus}
        value={text}
        error={problem}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="row">
        <Button type="submit" kind="primary" icon="roll" busy={rollOut.isPending}>
          Roll out
        </Button>
        {!same && (
          <Button kind="quiet" onClick={() => setText(shortImage(image))}>
            Reset
          </Button>
        )}
      </div>
    </form>
  );
}

function hint(same: boolean, image: Image): string {
  const digest = shortDigest(image);
  if (!same) return `Now ${image.tag}${digest && `, fixed to ${digest}`}. Undo it under Rollouts.`;
  const fixed = digest && `Fixed to ${digest}, whatever ${image.tag} leads to; another tag takes that away. `;
  return `${fixed}The same image again makes a new revision that replaces the pods only if something changed.`;
}

/** `:1.29` means the image that runs, with that tag. */
function complete(text: string, name: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith(":") || trimmed.startsWith("@") ? `${name}${trimmed}` : trimmed;
}
