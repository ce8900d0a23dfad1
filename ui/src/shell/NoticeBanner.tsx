import { useQuery } from "@tanstack/react-query";
import { uiFacts } from "../api/queries";
import { Icon } from "../components/Icon";

/** What the server wants every page to say, such as that its cluster is a demonstration. */
export function NoticeBanner() {
  const { data } = useQuery(uiFacts);
  return data?.notices?.map((notice) => (
    <div className="banner" role="note" key={notice}>
      <Icon name="server" />
      <p>{notice}</p>
    </div>
  ));
}
