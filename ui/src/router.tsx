import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { signedIn } from "./api/client";
import { NotFound } from "./components/NotFound";
import { PageError } from "./components/PageError";
import { Shell } from "./shell/Shell";

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: () => <NotFound />,
  errorComponent: PageError,
});

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: signedIn() ? "/app" : "/login" });
  },
});

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): { to?: string } => {
    const to = search.to;
    // Only our own pages: a link must not send somebody elsewhere after signing in.
    return typeof to === "string" && /^\/app(?:[/?#]|$)/.test(to) ? { to } : {};
  },
  component: lazyRouteComponent(() => import("./pages/login/LoginPage"), "LoginPage"),
});

const app = createRoute({
  getParentRoute: () => root,
  path: "/app",
  beforeLoad: ({ location }) => {
    if (!signedIn()) throw redirect({ to: "/login", search: { to: location.href } });
  },
  component: Shell,
});

/** The projects page keeps its filters in the address. */
export interface ProjectsSearch {
  q?: string;
  tag?: string;
  view?: "table";
  new?: boolean;
}

const projects = createRoute({
  getParentRoute: () => app,
  path: "/",
  validateSearch: (search: Record<string, unknown>): ProjectsSearch => ({
    q: typeof search.q === "string" && search.q ? search.q : undefined,
    tag: typeof search.tag === "string" && search.tag ? search.tag : undefined,
    view: search.view === "table" ? "table" : undefined,
    new: search.new === true || undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/projects/ProjectsPage"), "ProjectsPage"),
});

const profile = createRoute({
  getParentRoute: () => app,
  path: "profile",
  component: lazyRouteComponent(() => import("./pages/profile/ProfilePage"), "ProfilePage"),
});

const blueprintsStart = createRoute({
  getParentRoute: () => app,
  path: "blueprints",
  beforeLoad: ({ location }) => {
    if (/\/blueprints\/?$/.test(location.pathname)) throw redirect({ to: "/app/blueprints/my-blueprints" });
  },
});

const blueprintPages = () => import("./pages/blueprints/BlueprintsPage");

const ownBlueprints = createRoute({
  getParentRoute: () => blueprintsStart,
  path: "my-blueprints",
  component: lazyRouteComponent(blueprintPages, "OwnBlueprints"),
});

const sharedBlueprints = createRoute({
  getParentRoute: () => blueprintsStart,
  path: "community",
  component: lazyRouteComponent(blueprintPages, "SharedBlueprints"),
});

const newBlueprint = createRoute({
  getParentRoute: () => blueprintsStart,
  path: "new",
  validateSearch: (search: Record<string, unknown>): { from?: string } =>
    typeof search.from === "string" ? { from: search.from } : {},
  component: lazyRouteComponent(() => import("./pages/blueprints/BlueprintEditor"), "NewBlueprint"),
});

const editBlueprint = createRoute({
  getParentRoute: () => blueprintsStart,
  path: "edit/$blueprintId",
  component: lazyRouteComponent(() => import("./pages/blueprints/BlueprintEditor"), "EditBlueprint"),
});

const sharedBlueprint = createRoute({
  getParentRoute: () => blueprintsStart,
  path: "shared/$blueprintId",
  component: lazyRouteComponent(() => import("./pages/blueprints/SharedBlueprint"), "SharedBlueprint"),
});

const project = createRoute({ getParentRoute: () => app, path: "projects/$projectId" });

const projectTabs = createRoute({
  getParentRoute: () => project,
  id: "tabs",
  component: lazyRouteComponent(() => import("./pages/project/ProjectLayout"), "ProjectLayout"),
});

const projectOverview = createRoute({
  getParentRoute: () => projectTabs,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/project/ProjectOverview"), "ProjectOverview"),
});

const projectSettings = createRoute({
  getParentRoute: () => projectTabs,
  path: "settings",
  component: lazyRouteComponent(() => import("./pages/project/ProjectSettings"), "ProjectSettings"),
});

const newDeployment = createRoute({
  getParentRoute: () => project,
  path: "new",
  validateSearch: (search: Record<string, unknown>): { image?: string; blueprint?: string } => ({
    image: typeof search.image === "string" ? search.image : undefined,
    blueprint: typeof search.blueprint === "string" ? search.blueprint : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/project/NewDeployment"), "NewDeployment"),
});

const deployment = createRoute({
  getParentRoute: () => project,
  path: "deployments/$deploymentId",
  component: lazyRouteComponent(() => import("./pages/deployment/DeploymentLayout"), "DeploymentLayout"),
});

const deploymentOverview = createRoute({
  getParentRoute: () => deployment,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/deployment/Overview"), "Overview"),
});

const rollouts = createRoute({
  getParentRoute: () => deployment,
  path: "rollouts",
  validateSearch: (search: Record<string, unknown>): { q?: string; hidden?: boolean; compare?: string } => ({
    q: typeof search.q === "string" && search.q ? search.q : undefined,
    hidden: search.hidden === true || undefined,
    compare: typeof search.compare === "string" ? search.compare : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/deployment/Rollouts"), "Rollouts"),
});

const image = createRoute({
  getParentRoute: () => deployment,
  path: "image",
  component: lazyRouteComponent(() => import("./pages/deployment/ImagePage"), "ImagePage"),
});

const logs = createRoute({
  getParentRoute: () => deployment,
  path: "logs",
  validateSearch: (search: Record<string, unknown>): { pod?: string; q?: string } => ({
    pod: typeof search.pod === "string" && search.pod ? search.pod : undefined,
    q: typeof search.q === "string" && search.q ? search.q : undefined,
  }),
  component: lazyRouteComponent(() => import("./pages/deployment/Logs"), "Logs"),
});

const events = createRoute({
  getParentRoute: () => deployment,
  path: "events",
  component: lazyRouteComponent(() => import("./pages/deployment/Events"), "Events"),
});

const settings = createRoute({
  getParentRoute: () => deployment,
  path: "settings",
  component: lazyRouteComponent(() => import("./pages/deployment/Settings"), "Settings"),
});

/** Addresses of the original's pages that are parts of other pages here; bookmarks keep working. */
const moved = [
  ["map", ""],
  ["scale", "settings"],
  ["network", "settings"],
  ["volumes", "settings"],
  ["envs", "settings"],
].map(([from = "", to = ""]) =>
  createRoute({
    getParentRoute: () => deployment,
    path: from,
    beforeLoad: ({ location }) => {
      throw redirect({ href: location.pathname.replace(/\/[^/]+\/?$/, to && `/${to}`) });
    },
  }),
);

const tree = root.addChildren([
  start,
  login,
  app.addChildren([
    projects,
    profile,
    blueprintsStart.addChildren([
      ownBlueprints,
      sharedBlueprints,
      newBlueprint,
      editBlueprint,
      sharedBlueprint,
    ]),
    project.addChildren([
      projectTabs.addChildren([projectOverview, projectSettings]),
      newDeployment,
      deployment.addChildren([deploymentOverview, image, rollouts, logs, events, settings, ...moved]),
    ]),
  ]),
]);

export const router = createRouter({ routeTree: tree, defaultPreload: "intent", scrollRestoration: true });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
