import { useQuery } from "@tanstack/react-query";
import { autoUpdates } from "../../api/queries";
import { Card } from "../../components/Card";
import { AutoUpdateCard } from "./AutoUpdateCard";
import { useFacts } from "./context";
import { ImageForm } from "./ImageForm";

/** What image runs, and how newer ones come by themselves. */
export function ImagePage() {
  const { deployment, current } = useFacts();
  const { data, error } = useQuery(autoUpdates(deployment.id));
  return (
    <div className="stack mt5 narrow">
      <Card title="Image">
        {current ? (
          <ImageForm key={current.id} current={current} />
        ) : (
          <p className="t3">Nothing runs. Roll out a revision first; its image can be changed here.</p>
        )}
      </Card>
      {/* Without the collection, because its plugin is off, nothing is shown. */}
      {data && !error && <AutoUpdateCard key={deployment.id} record={data[0]} />}
    </div>
  );
}
