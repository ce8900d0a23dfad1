import { Modal } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { CollectionModel, RecordModel } from "pocketbase";
import { useState } from "react";
import { problems } from "../api/errors";
import { Button } from "../components/Button";
import { Problems } from "../components/Problems";
import { SearchField } from "../components/SearchField";
import { Waiting } from "../components/Waiting";
import { grouped } from "../lib/amounts";
import { admin } from "./client";

const perPage = 30;

/** One collection's records, a page at a time; a click shows the whole record. */
export function Records({ collection }: { collection: CollectionModel }) {
  const [page, setPage] = useState(1);
  const [filter, setFilter] = useState("");
  const [open, setOpen] = useState<RecordModel | undefined>();
  const { data, error, isPending } = useQuery({
    queryKey: ["records", collection.id, page, filter],
    queryFn: () =>
      admin.collection(collection.name).getList(page, perPage, { filter, sort: sorting(collection) }),
    placeholderData: keepPreviousData,
  });
  const columns = collection.fields.filter((field) => !field.hidden).map((field) => field.name);
  return (
    <>
      <div className="rec-head">
        <h1 className="mono">{collection.name}</h1>
        {data && <span className="t3">{grouped(data.totalItems)} records</span>}
        <SearchField
          className="grow"
          label={'Filter, such as created > "2026-01-01"'}
          value={filter}
          change={(text) => {
            setFilter(text);
            setPage(1);
          }}
        />
      </div>
      {error && (
        <div className="rec-note">
          <Problems problems={problems(error)} />
        </div>
      )}
      {isPending && <Waiting />}
      {data && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by keyboard
        <section className="tw grow" aria-label="Records" tabIndex={0}>
          <table className="dense">
            <thead>
              <tr>
                {columns.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.items.map((record) => (
                <tr key={record.id}>
                  {columns.map((name) => (
                    <td key={name} className={name === "id" ? "mono" : undefined}>
                      {name === "id" ? (
                        <button type="button" className="link" onClick={() => setOpen(record)}>
                          {record.id}
                        </button>
                      ) : (
                        <span className="clip" title={short(record[name])}>
                          {short(record[name]) || "–"}
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {!data.items.length && (
            <p className="rec-note t3">{filter ? "No record matches." : "No records yet."}</p>
          )}
        </section>
      )}
      {data && data.totalPages > 1 && (
        <div className="lfoot">
          <span className="t3">
            Page {page} of {data.totalPages}
          </span>
          <span className="end row">
            <Button size="sm" disabled={page <= 1} onClick={() => setPage(page - 1)}>
              Back
            </Button>
            <Button size="sm" disabled={page >= data.totalPages} onClick={() => setPage(page + 1)}>
              Next
            </Button>
          </span>
        </div>
      )}
      <Modal
        opened={open !== undefined}
        onClose={() => setOpen(undefined)}
        title={`Record ${open?.id ?? ""}`}
        size="lg"
      >
        <pre className="json">{JSON.stringify(open, null, 2)}</pre>
      </Modal>
    </>
  );
}

/** Newest first where there is a date to go by. */
function sorting(collection: CollectionModel): string {
  return collection.fields.some((field) => field.name === "created") ? "-created" : "";
}

function short(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
