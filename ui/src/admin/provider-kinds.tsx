import type { ReactNode } from "react";

type Address = "authURL" | "tokenURL" | "userInfoURL";

/** What differs from provider to provider: where to register, and what it can be told. */
export interface Kind {
  /** How to register One-Click there. */
  register: ReactNode;
  issuer?: { label: string; hint: string; required?: boolean };
  tenant?: boolean;
  organisations: { label: string; hint: string };
  /** Addresses that may be overridden, and for whom that is. */
  addresses?: { title: string; names: Address[]; keys?: boolean };
}

function link(href: string, text: string): ReactNode {
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {text}
    </a>
  );
}

const oidc: Kind = {
  register: "Register a web application (a confidential client) with the issuer.",
  issuer: {
    label: "Issuer",
    hint: "Its address as it names itself, such as https://login.example.com/realms/staff; the rest is looked up there",
    required: true,
  },
  organisations: {
    label: "Only these groups",
    hint: "As the claim groups names them; empty for everybody the issuer knows",
  },
  addresses: {
    title: "Addresses, for an issuer that does not describe itself",
    names: ["authURL", "tokenURL", "userInfoURL"],
    keys: true,
  },
};

const kinds: Record<string, Kind> = {
  github: {
    register: (
      <>
        At GitHub open{" "}
        {link("https://github.com/settings/developers", "Settings, Developer settings, OAuth Apps")} and
        choose New OAuth app.
      </>
    ),
    organisations: {
      label: "Only these organisations",
      hint: "By their names in GitHub's addresses; empty for everybody with an account there",
    },
    addresses: {
      title: "Addresses, for GitHub Enterprise Server",
      names: ["authURL", "tokenURL", "userInfoURL"],
    },
  },
  microsoft: {
    register: (
      <>
        In {link("https://entra.microsoft.com/", "Microsoft Entra")} open App registrations, New registration,
        and choose the platform Web.
      </>
    ),
    tenant: true,
    organisations: {
      label: "Only these directories",
      hint: "By their ids; empty for all that the tenant lets in",
    },
  },
  google: {
    register: (
      <>
        In the {link("https://console.cloud.google.com/auth/clients", "Google Cloud console")} create a client
        of the type Web application.
      </>
    ),
    organisations: {
      label: "Only these Workspace domains",
      hint: "Such as example.com; empty for all Google accounts",
    },
  },
  gitlab: {
    register:
      "In GitLab open Applications (of your profile, a group, or the admin area) and add one with the scopes openid, email and profile.",
    issuer: {
      label: "Address of GitLab",
      hint: "For your own GitLab, such as https://gitlab.example.com; empty for gitlab.com",
    },
    organisations: {
      label: "Only these groups",
      hint: "By their paths, such as acme/platform; empty for everybody",
    },
  },
};

/** What a provider can be told; one that a plugin has brought is asked what every provider is. */
export function kindOf(name: string): Kind {
  if (/^oidc\d*$/.test(name)) return oidc;
  return (
    kinds[name] ?? {
      register: "Register a web application with the provider.",
      organisations: { label: "Only these organisations", hint: "Empty for everybody" },
    }
  );
}
