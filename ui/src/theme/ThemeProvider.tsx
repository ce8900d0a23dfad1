import { MantineProvider, useComputedColorScheme } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { resolver, theme } from "./mantine";
import "./index.css";

/** Mantine with our theme; its choice of light or dark is mirrored to where `tokens.css` looks. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <Mirror />
      {children}
    </MantineProvider>
  );
}

function Mirror() {
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  useEffect(() => {
    document.documentElement.dataset.theme = scheme;
  }, [scheme]);
  return null;
}
