import { useSyncExternalStore } from "react";
import { Collections } from "./Collections";
import { admin } from "./client";
import { Frame } from "./Frame";
import { Install } from "./Install";
import { Login } from "./Login";
import { Returned } from "./Returned";
import { useRoute } from "./route";
import { Server } from "./Server";
import { Settings } from "./Settings";
import { SignIn } from "./SignIn";

/** The admin pages: for superusers only, but for the installer, whose link carries its own right, and the end of a provider's window. */
export function Admin() {
  const [place = "collections", argument = ""] = useRoute();
  const signedIn = useSyncExternalStore(
    (redraw) => admin.authStore.onChange(redraw),
    () => admin.authStore.isValid && admin.authStore.isSuperuser,
  );
  // The name that PocketBase gave this page, whose links people know.
  if (place === "pbinstall") return <Install token={argument} />;
  if (place === "auth" && argument.startsWith("oauth2-redirect-")) return <Returned outcome={argument} />;
  if (!signedIn) return <Login />;
  return (
    <Frame place={place}>
      {place === "settings" && <Settings />}
      {place === "server" && <Server />}
      {place === "sign-in" && <SignIn name={argument} />}
      {!["settings", "server", "sign-in"].includes(place) && <Collections name={argument} />}
    </Frame>
  );
}
