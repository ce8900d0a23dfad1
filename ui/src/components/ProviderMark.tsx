import { providerMarks } from "./provider-marks";

interface Props {
  /** `github`, `oidc2`, … */
  name: string;
  /** The mark that the server sends, for a provider that a plugin has brought. */
  logo?: string;
}

/** The mark of a login provider. It never speaks: the name stands beside it. */
export function ProviderMark({ name, logo }: Props) {
  const own = providerMarks[name.replace(/\d+$/, "")];
  if (own) {
    return (
      <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
        {own}
      </svg>
    );
  }
  if (!logo) return null;
  // The mark comes from this server's own plugins, and the content security policy lets nothing in it run.
  // biome-ignore lint/security/noDangerouslySetInnerHtml: an SVG outline sent by our own API
  return <span className="mark" aria-hidden="true" dangerouslySetInnerHTML={{ __html: logo }} />;
}
