import { FileInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { me, pb } from "../../api/client";
import { type Problem, sortOntoForm } from "../../api/errors";
import type { User } from "../../api/types";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Problems } from "../../components/Problems";
import { told } from "../../components/toast";
import { SignInWays } from "./SignInWays";

/** One's own name and picture, and the ways to sign in. */
export function ProfilePage() {
  const [user, setUser] = useState(me());
  return (
    <main id="main" className="main">
      <div className="wrap narrow">
        <div className="row g4">
          <Avatar name={user.name || user.username} record={user} />
          <div>
            <h1>{user.name || user.username}</h1>
            <p className="t2">{[user.email, user.username].filter(Boolean).join(" · ")}</p>
          </div>
        </div>
        <div className="stack mt5">
          <Card title="Profile">
            <Form key={user.updated} user={user} saved={setUser} />
          </Card>
          <SignInWays changed={setUser} />
        </div>
      </div>
    </main>
  );
}

function Form({ user, saved }: { user: User; saved: (user: User) => void }) {
  const [name, setName] = useState(user.name);
  const [avatar, setAvatar] = useState<File | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);
  const save = useMutation({
    mutationFn: () =>
      pb.collection("users").update<User>(user.id, { name: name.trim(), ...(avatar && { avatar }) }),
    onSuccess: (record) => {
      setAvatar(null);
      saved(record);
      told("Saved.");
    },
    onError: (error) => {
      const sorted = sortOntoForm(error, { name: "name", avatar: "avatar" });
      setErrors(sorted.byField);
      setOthers(sorted.others);
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setErrors({});
    setOthers([]);
    save.mutate();
  }

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Problems problems={others} />
      <TextInput
        label="Name"
        autoComplete="name"
        value={name}
        error={errors.name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <FileInput
        label="Picture"
        description="PNG, JPEG, GIF, WebP or SVG, up to 5 MB"
        placeholder={user.avatar ? "Choose another" : "Choose a file"}
        accept="image/png,image/jpeg,image/gif,image/webp,image/svg+xml"
        clearable
        value={avatar}
        error={errors.avatar}
        onChange={setAvatar}
      />
      <div>
        <Button
          type="submit"
          kind="primary"
          disabled={name.trim() === user.name && !avatar}
          busy={save.isPending}
        >
          Save
        </Button>
      </div>
    </form>
  );
}
