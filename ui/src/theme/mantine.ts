import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

function scale(name: string): MantineColorsTuple {
  const steps = Array.from({ length: 10 }, (_, step) => `var(--oc-${name}-${step})`);
  return steps as unknown as MantineColorsTuple;
}

/** The design tokens said in Mantine's words; `tokens.css` stays the one source of every value. */
export const theme = createTheme({
  primaryColor: "harbour",
  primaryShade: { light: 7, dark: 6 },
  colors: { harbour: scale("harbour"), gray: scale("fog") },
  fontFamily: "var(--oc-font)",
  fontFamilyMonospace: "var(--oc-mono)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "20px", md: "22px", lg: "24px", xl: "28px" },
  headings: {
    fontWeight: "630",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "14px", lineHeight: "22px" },
      h3: { fontSize: "13px", lineHeight: "20px" },
    },
  },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "999px" },
  defaultRadius: "sm",
  shadows: { sm: "var(--oc-e-1)", md: "var(--oc-e-2)", xl: "var(--oc-e-3)" },
  breakpoints: { sm: "768px", lg: "1200px" },
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Input: { defaultProps: { size: "sm" } },
    InputWrapper: {
      defaultProps: { size: "sm", inputWrapperOrder: ["label", "input", "description", "error"] },
    },
    Modal: {
      defaultProps: {
        closeButtonProps: { "aria-label": "Close" },
        centered: true,
        overlayProps: { color: "var(--oc-scrim)", backgroundOpacity: 1 },
      },
    },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, shadow: "md", position: "bottom-end" } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false } },
  },
});

const shared = {
  "--mantine-color-body": "var(--oc-bg)",
  "--mantine-color-text": "var(--oc-text)",
  "--mantine-color-dimmed": "var(--oc-text-3)",
  "--mantine-color-placeholder": "var(--oc-text-3)",
  "--mantine-color-default": "var(--oc-surface)",
  "--mantine-color-default-hover": "var(--oc-hover)",
  "--mantine-color-default-color": "var(--oc-text)",
  "--mantine-color-default-border": "var(--oc-line-2)",
  "--mantine-color-anchor": "var(--oc-accent)",
  "--mantine-color-error": "var(--oc-bad)",
  "--mantine-color-bright": "var(--oc-text)",
  "--mantine-primary-color-filled": "var(--oc-accent-solid)",
  "--mantine-primary-color-filled-hover": "var(--oc-accent-hover)",
  "--mantine-color-harbour-filled": "var(--oc-accent-solid)",
  "--mantine-color-harbour-filled-hover": "var(--oc-accent-hover)",
};

/** Both schemes read the same tokens; the tokens themselves change with `data-theme`. */
export const resolver: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
