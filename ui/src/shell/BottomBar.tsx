import { Link } from "@tanstack/react-router";
import { Icon } from "../components/Icon";
import { openPalette } from "./palette-store";

/** The places on a phone, where there is no sidebar. */
export function BottomBar() {
  return (
    <nav className="bnav" aria-label="Places">
      <Link
        to="/app"
        activeOptions={{ exact: true, includeSearch: false }}
        activeProps={{ "aria-current": "page" }}
      >
        <Icon name="projects" />
        Projects
      </Link>
      <Link to="/app/blueprints" activeProps={{ "aria-current": "page" }}>
        <Icon name="blueprint" />
        Blueprints
      </Link>
      <button type="button" onClick={openPalette}>
        <Icon name="search" />
        Search
      </button>
      <Link to="/app/profile" activeProps={{ "aria-current": "page" }}>
        <Icon name="user" />
        Profile
      </Link>
    </nav>
  );
}
