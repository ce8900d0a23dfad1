import { useQuery } from "@tanstack/react-query";
import { Icon } from "../components/Icon";
import { admin } from "./client";

export interface UiFacts {
  notices: string[];
  version: string;
}

export const facts = {
  queryKey: ["ui"],
  queryFn: () => admin.send<UiFacts>("/api/ui", { method: "GET" }),
};

/** What the server wants every page to say. */
export function Notices() {
  const { data } = useQuery(facts);
  return data?.notices?.map((notice) => (
    <div className="banner" role="note" key={notice}>
      <Icon name="server" />
      <p>{notice}</p>
    </div>
  ));
}
