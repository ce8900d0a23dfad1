import { Button } from "../../components/Button";
import { ProviderMark } from "../../components/ProviderMark";
import type { Provider } from "../../components/useVisit";

interface Props {
  providers: Provider[];
  busy: boolean;
  choose: (provider: Provider) => void;
}

/** A button for each provider that the server knows. */
export function Providers({ providers, busy, choose }: Props) {
  return providers.map((provider) => (
    <Button key={provider.name} size="lg" full disabled={busy} onClick={() => choose(provider)}>
      <ProviderMark name={provider.name} logo={provider.logo} />
      Continue with {provider.displayName}
    </Button>
  ));
}
