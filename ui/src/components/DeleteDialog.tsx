import { Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { problems } from "../api/errors";
import { Button } from "./Button";
import { Problems } from "./Problems";

interface Props {
  opened: boolean;
  close: () => void;
  /** "project", "deployment": the word for what goes. */
  what: string;
  name: string;
  /** What is lost, by name. */
  children: ReactNode;
  /** The label of a further choice, such as deleting volumes too. */
  choice?: string;
  remove: (chosen: boolean) => Promise<unknown>;
}

/** The yes that cannot be undone: it lists what is lost and asks for the name. */
export function DeleteDialog(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.close} title={`Delete ${props.what} ${props.name}`}>
      <Form {...props} />
    </Modal>
  );
}

function Form({ close, what, name, children, choice, remove }: Props) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(false);
  const work = useMutation({ mutationFn: () => remove(chosen), onSuccess: close });
  const matches = typed.trim() === name.trim();
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (matches) work.mutate();
      }}
    >
      <div className="t2">{children}</div>
      {work.error && <Problems problems={problems(work.error)} />}
      {choice && (
        <Checkbox
          label={choice}
          checked={chosen}
          onChange={(event) => setChosen(event.currentTarget.checked)}
        />
      )}
      <TextInput
        data-autofocus
        label={`Type ${name} to delete this ${what}`}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <div className="row dialog-foot">
        <Button onClick={close}>Keep it</Button>
        <Button type="submit" kind="danger-solid" icon="trash" disabled={!matches} busy={work.isPending}>
          Delete {what}
        </Button>
      </div>
    </form>
  );
}
