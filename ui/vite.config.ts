import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = import.meta.dirname;
const backend = process.env.ONECLICK_BACKEND ?? "http://127.0.0.1:8090";

/** Two pages: the application at `/` and the admin pages at `/_/`. Both are served from oneclick/web/static. */
export default defineConfig({
  root: here,
  base: "/",
  plugins: [react()],
  build: {
    outDir: resolve(here, "../oneclick/web/static"),
    emptyOutDir: true,
    target: "es2022",
    // A `data:` URL would need its own exception in the content security policy.
    assetsInlineLimit: 0,
    // The licences of what is built in travel with it; those of the fonts lie in public/licenses.
    license: { fileName: "licenses/packages.md" },
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Our own small parts travel together; what pulls in a big library stays apart and comes on demand.
            {
              name: "parts",
              test: /\/src\/(?:components|lib|api)\/(?!CodeEditor|yaml|loglines|sockets|live)/,
            },
            {
              name: "forms",
              test: /@mantine\/core\/esm\/components\/(?:Input|Combobox|Popover|ScrollArea|InlineInput|Pill|Select|Switch|Checkbox|TextInput|PasswordInput|TagsInput|NumberInput|FileInput|Modal|CloseButton)/,
            },
          ],
        },
      },
      input: { app: resolve(here, "index.html"), admin: resolve(here, "_/index.html") },
    },
  },
  server: {
    proxy: {
      "^/(api|rollouts|pb|auto-update|cluster-info|ws)(/|$)": { target: backend, ws: true },
    },
  },
});
