import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { pb } from "../../api/client";
import { problems } from "../../api/errors";
import { externalAccounts } from "../../api/queries";
import type { ExternalAccount } from "../../api/types";
import { Button } from "../../components/Button";
import { Note } from "../../components/Note";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";

interface Props {
  account: ExternalAccount | undefined;
  name: string;
  /** It is the last account that is linked. */
  last: boolean;
  withPassword: boolean;
  close: () => void;
}

/** The yes before an account is unlinked: it says how one gets in afterwards. */
export function Unlink({ account, name, last, withPassword, close }: Props) {
  const cache = useQueryClient();
  const work = useMutation({
    mutationFn: async (id: string) => pb.collection("_externalAuths").delete(id),
    onSuccess: async () => {
      await cache.invalidateQueries(externalAccounts);
      told(`${name} is unlinked.`);
      close();
    },
  });
  return (
    <Modal opened={account !== undefined} onClose={close} title={`Unlink ${name}`}>
      <div className="stack">
        <p className="t2">
          Your account at {name} no longer signs you in here. Nothing else changes, and you can link it again.
        </p>
        {last && (
          <Note kind="warn">
            {withPassword
              ? "It is the last account that is linked: from then on only your password lets you in. If you have never set one, ask an administrator for one first."
              : "It is your last way in: signing in with a password is switched off on this server. Once you are signed out you cannot come back by yourself."}
          </Note>
        )}
        {work.error && <Problems problems={problems(work.error)} />}
        <div className="row dialog-foot">
          <Button onClick={close} data-autofocus>
            Keep it
          </Button>
          <Button
            kind="danger-solid"
            busy={work.isPending}
            onClick={() => account && work.mutate(account.id)}
          >
            Unlink {name}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
