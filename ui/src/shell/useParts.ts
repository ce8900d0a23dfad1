import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { deployments, projects, running } from "../api/queries";
import type { Project } from "../api/types";
import type { StateName } from "../components/State";
import { byState, type Part, parts, worst } from "../lib/health";

/** A project with what is in it. */
export interface Whole {
  project: Project;
  parts: Part[];
  state: StateName;
}

/** All projects with their deployments and what runs, worst first; undefined until all three lists are there. */
export function useWholes(): Whole[] | undefined {
  const projectList = useQuery(projects).data;
  const deploymentList = useQuery(deployments).data;
  const runningList = useQuery(running).data;
  return useMemo(() => {
    if (!projectList || !deploymentList || !runningList) return undefined;
    const wholes = projectList.map((project) => {
      const own = parts(
        deploymentList.filter((one) => one.project === project.id),
        runningList,
      );
      return { project, parts: own, state: worst(own.map((one) => one.state)) };
    });
    return wholes.sort((a, b) => byState(a.state, b.state) || a.project.name.localeCompare(b.project.name));
  }, [projectList, deploymentList, runningList]);
}
