import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createCache } from "./api/cache";
import { router } from "./router";
import { ThemeProvider } from "./theme/ThemeProvider";

const cache = createCache();

export function App() {
  return (
    <ThemeProvider>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
        <Notifications position="bottom-right" autoClose={6000} limit={4} />
      </QueryClientProvider>
    </ThemeProvider>
  );
}
