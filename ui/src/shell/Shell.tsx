import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { pb } from "../api/client";
import { listen } from "../api/realtime";
import { renew } from "../api/renew";
import { BottomBar } from "./BottomBar";
import { NoticeBanner } from "./NoticeBanner";
import { onPalette } from "./palette-store";
import { Sidebar } from "./Sidebar";
import { StateAnnouncer } from "./StateAnnouncer";
import { TopBar } from "./TopBar";

const Palette = lazy(() => import("./Palette"));
const refreshEvery = 30 * 60_000;

/** The frame around every page for somebody signed in. */
export function Shell() {
  useSession();
  const cache = useQueryClient();
  useEffect(() => listen(cache), [cache]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <div className="app">
        <Sidebar />
        <div className="page">
          <TopBar />
          <NoticeBanner />
          <Outlet />
        </div>
      </div>
      <BottomBar />
      <StateAnnouncer />
      <PaletteOnDemand />
    </>
  );
}

function PaletteOnDemand() {
  const [wanted, setWanted] = useState(false);
  useEffect(() => (wanted ? undefined : onPalette(() => setWanted(true))), [wanted]);
  return <Suspense>{wanted && <Palette />}</Suspense>;
}

/** Renews the token while the page is open, and leaves for the sign-in page when it is gone. */
function useSession(): void {
  const router = useRouter();
  const cache = useQueryClient();
  useEffect(() => {
    const keep = () =>
      renew(pb, "users").catch((error: { status?: number }) => {
        if (error.status === 401 || error.status === 403 || error.status === 404) pb.authStore.clear();
      });
    keep();
    const timer = setInterval(keep, refreshEvery);
    const unwatch = pb.authStore.onChange((token) => {
      if (token) return;
      cache.clear();
      router.navigate({ to: "/login", search: { to: router.state.location.href } });
    });
    return () => {
      clearInterval(timer);
      unwatch();
    };
  }, [router, cache]);
}
