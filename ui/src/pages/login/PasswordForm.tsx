import { PasswordInput, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { Button } from "../../components/Button";

interface Props {
  busy: boolean;
  submit: (identity: string, password: string) => void;
}

/** E-mail or username, and password. */
export function PasswordForm({ busy, submit }: Props) {
  function send(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    submit(String(form.get("identity")).trim(), String(form.get("password")));
  }
  return (
    <form onSubmit={send}>
      <TextInput
        name="identity"
        label="E-mail or username"
        autoComplete="username"
        autoFocus
        required
        withAsterisk={false}
      />
      <PasswordInput
        name="password"
        label="Password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
      />
      <Button type="submit" kind="primary" size="lg" full busy={busy}>
        Sign in
      </Button>
    </form>
  );
}
