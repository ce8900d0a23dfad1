import { useSyncExternalStore } from "react";
import { Collections } from "./Collections";
import { admin } from "./client";
import { Frame } from "./Frame";
import { Install } from "./Install";
import { Login } from "./Login";
import { useRoute } from "./route";
import { Server } from "./Server";
import { Settings } from "./Settings";

/** The admin pages: for superusers only, but for the installer, whose link carries its own right. */
export function Admin() {
  const [place = "collections", argument = ""] = useRoute();
  const signedIn = useSyncExternalStore(
    (redraw) => admin.authStore.onChange(redraw),
    () => admin.authStore.isValid && admin.authStore.isSuperuser,
  );
  // The name that PocketBase gave this page, whose links people know.
  if (place === "pbinstall") return <Install token={argument} />;
  if (!signedIn) return <Login />;
  return (
    <Frame place={place}>
      {place === "settings" && <Settings />}
      {place === "server" && <Server />}
      {place !== "settings" && place !== "server" && <Collections name={argument} />}
    </Frame>
  );
}
