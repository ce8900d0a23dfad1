import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { renew } from "../api/renew";
import { IconButton } from "../components/Button";
import { Icon, type IconName } from "../components/Icon";
import { admin } from "./client";
import { Notices } from "./Notices";

const places: { place: string; icon: IconName; label: string }[] = [
  { place: "collections", icon: "table", label: "Collections" },
  { place: "sign-in", icon: "key", label: "Sign-in" },
  { place: "settings", icon: "admin", label: "Settings" },
  { place: "server", icon: "plug", label: "Plugins" },
];

/** The frame of the admin pages. */
export function Frame({ place, children }: { place: string; children: ReactNode }) {
  // A token that was taken back is noticed at once, not at the first click.
  useQuery({
    queryKey: ["refresh"],
    queryFn: () => renew(admin, "_superusers"),
    staleTime: 600_000,
  });
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <div className="app">
        <aside className="side" aria-label="Places">
          <a className="brand" href="/app">
            <Icon name="mark" />
            <span className="t">One-Click</span>
          </a>
          <nav className="nav" aria-label="Administration">
            {places.map((one) => (
              <a
                key={one.place}
                href={`#/${one.place}`}
                title={one.label}
                aria-current={one.place === place ? "page" : undefined}
              >
                <Icon name={one.icon} className="nav-i" />
                <span className="t">{one.label}</span>
              </a>
            ))}
          </nav>
        </aside>
        <div className="page">
          <header className="top">
            <nav className="crumbs" aria-label="You are here">
              <span className="cur plain">Admin</span>
            </nav>
            <div className="row end">
              <span className="t2 only-d">{String(admin.authStore.record?.email ?? "")}</span>
              <IconButton icon="out" label="Sign out" onClick={() => admin.authStore.clear()} />
            </div>
          </header>
          <Notices />
          {children}
        </div>
      </div>
      <nav className="bnav" aria-label="Places">
        {places.map((one) => (
          <a key={one.place} href={`#/${one.place}`} aria-current={one.place === place ? "page" : undefined}>
            <Icon name={one.icon} />
            {one.label}
          </a>
        ))}
      </nav>
    </>
  );
}
