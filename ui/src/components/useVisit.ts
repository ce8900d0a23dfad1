import type { AuthProviderInfo, RecordAuthResponse } from "pocketbase";
import { useEffect, useRef, useState } from "react";
import { providerProblem, type Stage, type Visit, visit } from "../api/oauth";

/** A provider as the page names it. */
export interface Provider {
  name: string;
  displayName: string;
  logo: string;
}

/** A provider of `auth-methods`, whose mark the client's own types do not know. */
export function providerOf(info: AuthProviderInfo): Provider {
  const { logo = "" } = info as AuthProviderInfo & { logo?: string };
  return { name: info.name, displayName: info.displayName || info.name, logo };
}

interface Current {
  provider: Provider;
  stage: Stage;
  url: string;
}

/** One login at a provider at a time: where it is, how to begin and cancel it, and why the last one did not work. */
export function useVisit(
  arrived: (answer: RecordAuthResponse, provider: Provider) => Promise<string> | string,
  linking = false,
) {
  const [current, setCurrent] = useState<Current>();
  const [problem, setProblem] = useState("");
  const running = useRef<Visit>(undefined);
  useEffect(() => () => running.current?.cancel(), []);

  async function begin(provider: Provider): Promise<void> {
    setProblem("");
    setCurrent({ provider, stage: "opening", url: "" });
    const begun = visit(provider.name, (stage, url) => setCurrent({ provider, stage, url }), linking);
    running.current = begun;
    try {
      setProblem(await arrived(await begun.answer, provider));
    } catch (error) {
      setProblem(providerProblem(error, provider.displayName));
    }
    setCurrent(undefined);
  }

  return {
    current,
    problem,
    setProblem,
    begin,
    cancel: () => running.current?.cancel(),
    reopened: () => setCurrent((one) => one && { ...one, stage: "open" }),
  };
}
