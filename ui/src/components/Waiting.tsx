import { useEffect, useState } from "react";

/** Grey bars in the place of what comes, only after 200 ms so that quick answers do not flicker. */
export function Waiting({ rows = 4 }: { rows?: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="waiting" aria-busy="true">
      <span className="vh" role="status">
        {shown ? "Loading" : ""}
      </span>
      {/* biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike */}
      {shown && Array.from({ length: rows }, (_, row) => <div key={row} className="bone" />)}
    </div>
  );
}
