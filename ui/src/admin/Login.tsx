import { PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { sentence } from "../api/errors";
import { Button } from "../components/Button";
import { Note } from "../components/Note";
import { admin } from "./client";
import { Lone } from "./Lone";

/** Signing in as a superuser. */
export function Login() {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem("");
    try {
      await admin
        .collection("_superusers")
        .authWithPassword(String(form.get("email")).trim(), String(form.get("password")));
    } catch (error) {
      const status = (error as { status?: number }).status;
      setProblem(status === 400 ? "That e-mail and password do not belong to a superuser." : sentence(error));
      setBusy(false);
    }
  }
  return (
    <Lone title="Admin" lead="For superusers of this server.">
      {problem && (
        <Note kind="bad" alert>
          {problem}
        </Note>
      )}
      <form onSubmit={submit}>
        <TextInput
          name="email"
          type="email"
          label="E-mail"
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
      <p className="t3 fs12 centred">
        Looking for your projects? <a href="/login">Sign in as a user</a>
      </p>
    </Lone>
  );
}
