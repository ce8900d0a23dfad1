import { PasswordInput, Switch, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Problem } from "../api/errors";
import { Button } from "../components/Button";
import { Problems } from "../components/Problems";
import { told } from "../components/toast";
import { kindOf } from "./provider-kinds";
import {
  type Known,
  type SignInSettings,
  type Stored,
  signInSettings,
  sortOntoProvider,
  storeProviders,
} from "./providers";
import { go } from "./route";

const addresses = { authURL: "Authorization", tokenURL: "Token", userInfoURL: "User information" } as const;

interface Props {
  settings: SignInSettings;
  provider: Known;
}

/** What a provider is told. The secret is written and never shown. */
export function ProviderForm({ settings, provider: { name, displayName, stored } }: Props) {
  const cache = useQueryClient();
  const kind = kindOf(name);
  const [values, setValues] = useState<Stored>(stored ? { ...stored, clientSecret: "" } : blank(name));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [others, setOthers] = useState<Problem[]>([]);
  const place = settings.providers.findIndex((one) => one.name === name);
  const index = place < 0 ? settings.providers.length : place;
  const { extra } = values;
  const unfolded =
    kind.addresses?.names.some((key) => stored?.[key] || errors[key]) ||
    stored?.extra.jwksURL ||
    errors.jwksURL;

  const save = useMutation({
    mutationFn: () => storeProviders(settings.providers.toSpliced(index, place < 0 ? 0 : 1, cleaned(values))),
    onSuccess: async () => {
      await cache.invalidateQueries(signInSettings);
      told(stored ? "Saved." : `${displayName} is set up.`);
      go("sign-in");
    },
    onError: (error) => {
      const sorted = sortOntoProvider(error, index);
      setErrors(kind.issuer?.required && !extra.issuer ? atTheIssuer(sorted.byField) : sorted.byField);
      setOthers(sorted.others);
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setErrors({});
    setOthers([]);
    save.mutate();
  }

  function text(key: "clientId" | "displayName" | keyof typeof addresses) {
    return {
      value: values[key],
      error: errors[key],
      spellCheck: false,
      autoComplete: "off",
      onChange: (event: { currentTarget: { value: string } }) => {
        const { value } = event.currentTarget;
        setValues((old) => ({ ...old, [key]: value }));
      },
    };
  }

  function more(key: "issuer" | "jwksURL" | "tenant") {
    return {
      value: extra[key] ?? "",
      error: errors[key],
      spellCheck: false,
      autoComplete: "off",
      onChange: (event: { currentTarget: { value: string } }) => {
        const { value } = event.currentTarget;
        setValues((old) => ({ ...old, extra: { ...old.extra, [key]: value } }));
      },
    };
  }

  function list(key: "domains" | "organisations") {
    return {
      value: extra[key] ?? [],
      error: errors[key],
      splitChars: [",", " ", ";"],
      acceptValueOnBlur: true,
      onChange: (given: string[]) => {
        // A list that was typed in one go, such as "a.example, b.example", is as many entries.
        const value = [...new Set(given.flatMap((one) => one.split(/[,;\s]+/)).filter(Boolean))];
        setValues((old) => ({ ...old, extra: { ...old.extra, [key]: value } }));
      },
    };
  }

  return (
    <form className="stack" onSubmit={submit} noValidate autoComplete="off">
      <Problems problems={others} />
      {kind.issuer && (
        <TextInput
          label={kind.issuer.label}
          description={kind.issuer.hint}
          required={kind.issuer.required}
          withAsterisk={false}
          {...more("issuer")}
        />
      )}
      {kind.tenant && (
        <TextInput
          label="Tenant"
          placeholder="common"
          description="The id of your directory, or organizations (work and school), consumers (personal); empty for all"
          {...more("tenant")}
        />
      )}
      <div className="f2">
        <TextInput label="Client id" {...text("clientId")} />
        <PasswordInput
          label="Client secret"
          description={stored ? "Stored; leave it empty to keep it" : "Never shown again once it is saved"}
          autoComplete="new-password"
          value={values.clientSecret}
          error={errors.clientSecret}
          aria-invalid={errors.clientSecret ? true : undefined}
          visibilityToggleButtonProps={{ "aria-label": "Show the secret", tabIndex: 0 }}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setValues((old) => ({ ...old, clientSecret: value }));
          }}
        />
      </div>
      <TextInput
        label="Name on the button"
        placeholder={displayName}
        description={`Continue with ${values.displayName || displayName}`}
        {...text("displayName")}
      />
      <TagsInput
        label="Only addresses of these domains"
        description="Such as example.com: only verified e-mail addresses count; empty for all"
        {...list("domains")}
      />
      <TagsInput
        label={kind.organisations.label}
        description={kind.organisations.hint}
        {...list("organisations")}
      />
      <Switch
        label="People who have no account here get one"
        description={
          extra.signup
            ? "Everybody whom the provider and the limits above let in gets an account at the first login."
            : "Only people who have an account can sign in: theirs is found by its verified e-mail address, or linked in their profile."
        }
        checked={extra.signup === true}
        onChange={(event) => {
          const signup = event.currentTarget.checked;
          setValues((old) => ({ ...old, extra: { ...old.extra, signup } }));
        }}
      />
      {kind.addresses && (
        <details className="more" open={unfolded ? true : undefined}>
          <summary>{kind.addresses.title}</summary>
          <div className="stack">
            {kind.addresses.names.map((key) => (
              <TextInput key={key} label={addresses[key]} placeholder="https://" {...text(key)} />
            ))}
            {kind.addresses.keys && (
              <TextInput label="Keys (JWKS)" placeholder="https://" {...more("jwksURL")} />
            )}
          </div>
        </details>
      )}
      <div className="row">
        <Button type="submit" kind="primary" busy={save.isPending}>
          {stored ? "Save" : "Set up"}
        </Button>
        <a className="btn q" href="#/sign-in">
          Back
        </a>
      </div>
    </form>
  );
}

/** Without an issuer the server asks for the addresses instead; few people have those. */
function atTheIssuer({ authURL, tokenURL, ...errors }: Record<string, string>): Record<string, string> {
  return authURL && tokenURL
    ? { ...errors, issuer: "Write the issuer's address." }
    : { ...errors, ...(authURL && { authURL }), ...(tokenURL && { tokenURL }) };
}

function blank(name: string): Stored {
  const none = {
    clientId: "",
    clientSecret: "",
    authURL: "",
    tokenURL: "",
    userInfoURL: "",
    displayName: "",
  };
  return { name, ...none, extra: { signup: false } };
}

/** Without spaces around the texts, without what is empty among the extras, and without a secret nobody has typed. */
function cleaned({ clientSecret, ...values }: Stored): Stored {
  const extra = Object.fromEntries(
    Object.entries(values.extra)
      .map(([key, value]) => [key, typeof value === "string" ? value.trim() : value] as const)
      .filter(([, value]) => value !== "" && !(Array.isArray(value) && !value.length)),
  );
  const trimmed = {
    ...values,
    clientId: values.clientId.trim(),
    displayName: values.displayName.trim(),
    authURL: values.authURL.trim(),
    tokenURL: values.tokenURL.trim(),
    userInfoURL: values.userInfoURL.trim(),
    extra,
  };
  return clientSecret?.trim() ? { ...trimmed, clientSecret: clientSecret.trim() } : trimmed;
}
