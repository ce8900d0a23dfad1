import { Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../../api/client";
import { problems } from "../../api/errors";
import type { AutoUpdate } from "../../api/types";
import { Button } from "../../components/Button";
import { CopyField } from "../../components/CopyField";
import { Note } from "../../components/Note";
import { Problems } from "../../components/Problems";

interface Props {
  record: AutoUpdate;
  /** The token, while the answer that has told it is still on the page. */
  token: string;
  renewed: (token: string) => void;
}

/** The address that a CI system calls, and the token that it shows. */
export function Webhook({ record, token, renewed }: Props) {
  const [asking, setAsking] = useState(false);
  const address = `${window.location.origin}/auto-update/${record.id}`;
  const line = `curl -fsS -X POST ${address} -H "Authorization: Bearer ${token || "$ONECLICK_WEBHOOK_TOKEN"}"`;
  return (
    <div className="stack">
      <CopyField label="Address" value={address} copy="Copy the address" />
      {token && (
        <Note kind="ok">
          <p className="m">The token is shown this once. Store it as a secret of your CI system now.</p>
        </Note>
      )}
      {token && <CopyField label="Token" value={token} copy="Copy the token" />}
      <CopyField
        label="As a command"
        value={line}
        copy="Copy the command"
        hint="It answers at once; the check runs in the background and rolls out by the policy above."
      />
      <div>
        <Button icon="key" onClick={() => setAsking(true)}>
          Make a new token
        </Button>
      </div>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Make a new token">
        <NewToken
          id={record.id}
          close={() => setAsking(false)}
          made={(fresh) => {
            renewed(fresh);
            setAsking(false);
          }}
        />
      </Modal>
    </div>
  );
}

function NewToken({ id, close, made }: { id: string; close: () => void; made: (token: string) => void }) {
  const work = useMutation({
    mutationFn: () => send<AutoUpdate>(`/auto-update/${id}/token`, { method: "POST" }),
    onSuccess: (answer) => made(answer.webhookToken ?? ""),
  });
  return (
    <div className="stack">
      <p className="t2">
        The token of before ends at once: whatever uses it is refused until it has the new one.
      </p>
      {work.error && <Problems problems={problems(work.error)} />}
      <div className="row dialog-foot">
        <Button onClick={close} data-autofocus>
          Keep the old one
        </Button>
        <Button kind="primary" busy={work.isPending} onClick={() => work.mutate()}>
          Make a new token
        </Button>
      </div>
    </div>
  );
}
