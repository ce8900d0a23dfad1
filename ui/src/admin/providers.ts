import { queryOptions } from "@tanstack/react-query";
import { problems } from "../api/errors";
import { admin } from "./client";

/** A provider as the collection stores it; the secret goes in and never comes back. */
export interface Stored {
  name: string;
  clientId: string;
  clientSecret?: string;
  authURL: string;
  tokenURL: string;
  userInfoURL: string;
  displayName: string;
  pkce?: boolean | null;
  extra: Extra;
}

export interface Extra {
  issuer?: string;
  jwksURL?: string;
  tenant?: string;
  domains?: string[];
  organisations?: string[];
  signup?: boolean;
  [other: string]: unknown;
}

/** What the pages need of the collection. */
interface Users {
  oauth2: { enabled: boolean; providers: Stored[] };
  passwordAuth: { enabled: boolean; identityFields: string[] };
}

export type Way = "on" | "silent" | "off" | "environment" | "unused";

/** A provider that the server knows, and how it stands with it. */
export interface Known {
  name: string;
  /** What the plugin calls it; what people see may be another. */
  displayName: string;
  shown: string;
  logo: string;
  /** Why it has no button, in the server's words. */
  problem?: string | undefined;
  way: Way;
  stored: Stored | undefined;
}

interface Offered {
  name: string;
  displayName: string;
  logo: string;
  problem?: string;
}

export interface SignInSettings {
  known: Known[];
  providers: Stored[];
  withPassword: boolean;
}

export const signInSettings = queryOptions({
  queryKey: ["sign-in"],
  queryFn: async (): Promise<SignInSettings> => {
    const [all, model, methods] = await Promise.all([
      admin.send<Offered[]>("/api/collections/meta/oauth2-providers", { query: { collection: "users" } }),
      admin.collections.getOne("users"),
      admin.collection("users").listAuthMethods(),
    ]);
    const { oauth2, passwordAuth } = model as unknown as Users;
    const known = all.map(({ name, displayName, logo, problem }) => {
      const stored = oauth2.providers.find((one) => one.name === name);
      const open = methods.oauth2.providers.find((one) => one.name === name);
      return {
        name,
        displayName,
        shown: open?.displayName || stored?.displayName || displayName,
        logo,
        problem,
        stored,
        way: wayOf(stored && oauth2.enabled, Boolean(stored), Boolean(open)),
      };
    });
    return { known, providers: oauth2.providers, withPassword: passwordAuth.enabled };
  },
});

function wayOf(enabled: boolean | undefined, stored: boolean, open: boolean): Way {
  if (open) return enabled ? "on" : "environment";
  if (enabled) return "silent";
  return stored ? "off" : "unused";
}

/** Stores the providers. One without a secret keeps the one it has. */
export function storeProviders(providers: Stored[]): Promise<unknown> {
  return admin.collections.update("users", { oauth2: { enabled: providers.length > 0, providers } });
}

const inExtra = ["issuer", "jwksURL", "tenant", "domains", "organisations"];

/** Sorts what the server found wrong with the provider at `index` onto the form's fields, by the provider's own keys. */
export function sortOntoProvider(error: unknown, index: number) {
  const prefix = `oauth2.providers.${index}.`;
  const byField: Record<string, string> = {};
  const others = problems(error).filter(({ path, message }) => {
    if (!path.startsWith(prefix)) return true;
    const field = path.slice(prefix.length);
    // The sentence about an extra begins with its name: "Issuer is needed: …".
    const first = message.split(" ", 1)[0]?.toLowerCase();
    const name = field === "extra" ? inExtra.find((one) => one.toLowerCase() === first) : field;
    if (!name) return true;
    byField[name] = message;
    return false;
  });
  return { byField, others };
}
