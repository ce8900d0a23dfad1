import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ThemeProvider } from "../theme/ThemeProvider";
import { Admin } from "./Admin";
import { createAdminCache } from "./client";

const cache = createAdminCache();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ThemeProvider>
        <QueryClientProvider client={cache}>
          <Admin />
          <Notifications position="bottom-right" autoClose={6000} limit={4} />
        </QueryClientProvider>
      </ThemeProvider>
    </StrictMode>,
  );
}
