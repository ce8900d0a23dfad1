import { getRouteApi } from "@tanstack/react-router";
import { Button } from "../../components/Button";
import { Waiting } from "../../components/Waiting";
import { needsAttention, summary } from "../../lib/health";
import { useWholes, type Whole } from "../../shell/useParts";
import { Empty } from "./Empty";
import { Filters } from "./Filters";
import { matching } from "./matching";
import { NewProject } from "./NewProject";
import { ProjectCard } from "./ProjectCard";
import { ProjectTable } from "./ProjectTable";

const route = getRouteApi("/app/");

/** All projects; what needs attention stands at the top. */
export function ProjectsPage() {
  const wholes = useWholes();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const openForm = (open: boolean) =>
    navigate({ search: (old) => ({ ...old, new: open || undefined }), replace: !open });
  const shown = wholes && matching(wholes, search);
  return (
    <main id="main" className="main">
      <div className="wrap">
        <div className="ph">
          <div className="grow">
            <h1>Projects</h1>
            {!!wholes?.length && (
              <p className="sent mt2">
                {summary(wholes.map((one) => one.state).filter((one) => one !== "none"))}
              </p>
            )}
          </div>
          {!!wholes?.length && (
            <div className="acts">
              <Button kind="primary" icon="plus" onClick={() => openForm(true)}>
                New project
              </Button>
            </div>
          )}
        </div>
        {!wholes && <Waiting />}
        {wholes?.length === 0 && <Empty />}
        {!!wholes?.length && <Filters wholes={wholes} />}
        {shown && (search.view === "table" ? <ProjectTable wholes={shown} /> : <Cards wholes={shown} />)}
        {!!wholes?.length && shown?.length === 0 && <p className="sent mt7">No project matches.</p>}
      </div>
      <NewProject opened={search.new === true} close={() => openForm(false)} />
    </main>
  );
}

function Cards({ wholes }: { wholes: Whole[] }) {
  const troubled = wholes.filter((one) => needsAttention(one.state));
  const rest = wholes.filter((one) => !needsAttention(one.state));
  return (
    <>
      <Section title="Needs attention" wholes={troubled} />
      <Section title={troubled.length ? "Everything else" : "All projects"} wholes={rest} />
    </>
  );
}

function Section({ title, wholes }: { title: string; wholes: Whole[] }) {
  if (!wholes.length) return null;
  return (
    <section aria-label={title}>
      <div className="sech">
        <h2>{title}</h2>
        <span className="t3">{wholes.length}</span>
      </div>
      <div className="pgrid">
        {wholes.map((whole) => (
          <ProjectCard key={whole.project.id} whole={whole} />
        ))}
      </div>
    </section>
  );
}
