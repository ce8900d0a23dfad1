import { useState } from "react";
import type { AutoUpdate } from "../../api/types";
import { Card } from "../../components/Card";
import { AutoUpdateForm } from "./AutoUpdateForm";
import { LastCheck } from "./LastCheck";
import { Webhook } from "./Webhook";

/** Automatic updates: how they are set up, what the last check said, and how a CI system asks for one. */
export function AutoUpdateCard({ record }: { record: AutoUpdate | undefined }) {
  // The server tells the token in one answer only.
  const [token, setToken] = useState("");
  return (
    <>
      <Card title="Automatic updates">
        <div className="stack">
          {record && <LastCheck record={record} />}
          <AutoUpdateForm
            key={record?.id ?? "new"}
            record={record}
            created={(made) => setToken(made.webhookToken ?? "")}
          />
        </div>
      </Card>
      {record && (
        <Card title="Webhook" note="For CI systems: ask as soon as an image is pushed">
          <Webhook key={record.id} record={record} token={token} renewed={setToken} />
        </Card>
      )}
    </>
  );
}
