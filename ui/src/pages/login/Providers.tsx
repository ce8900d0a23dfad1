import type { AuthProviderInfo } from "pocketbase";
import { Button } from "../../components/Button";

interface Props {
  providers: AuthProviderInfo[];
  busy: boolean;
  choose: (name: string) => void;
}

/** A button for each provider of the server, with the mark the server sends for it. */
export function Providers({ providers, busy, choose }: Props) {
  return providers.map((provider) => (
    <Button key={provider.name} size="lg" full disabled={busy} onClick={() => choose(provider.name)}>
      <Mark svg={(provider as AuthProviderInfo & { logo?: string }).logo ?? ""} />
      Continue with {provider.displayName || provider.name}
    </Button>
  ));
}

function Mark({ svg }: { svg: string }) {
  if (!svg) return null;
  // The mark comes from this server's own plugins, and the content security policy lets nothing in it run.
  // biome-ignore lint/security/noDangerouslySetInnerHtml: an SVG outline sent by our own API
  return <span className="mark" aria-hidden="true" dangerouslySetInnerHTML={{ __html: svg }} />;
}
