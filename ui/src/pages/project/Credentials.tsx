import { PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { Button } from "../../components/Button";
import { isSecretPlaceholder } from "../../lib/manifest";

interface Props {
  username: string;
  password: string;
  error?: string;
  change: (username: string, password: string) => void;
}

/** The sign-in of a private registry, folded away until somebody needs it. */
export function Credentials({ username, password, error, change }: Props) {
  const [open, setOpen] = useState(Boolean(username));
  if (!open) {
    return (
      <div>
        <Button size="sm" kind="quiet" icon="key" aria-expanded={false} onClick={() => setOpen(true)}>
          Private registry
        </Button>
      </div>
    );
  }
  const kept = isSecretPlaceholder(password);
  return (
    <div className="f2">
      <TextInput
        label="Registry username"
        autoComplete="off"
        value={username}
        error={error}
        onChange={(event) => change(event.currentTarget.value, password)}
      />
      <PasswordInput
        label="Registry password or token"
        autoComplete="new-password"
        placeholder={kept ? "•••••••• set; type to replace it" : undefined}
        value={kept ? "" : password}
        onChange={(event) => change(username, event.currentTarget.value)}
      />
    </div>
  );
}
