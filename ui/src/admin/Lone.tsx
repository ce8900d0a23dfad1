import type { ReactNode } from "react";
import { Icon } from "../components/Icon";
import { Notices } from "./Notices";

/** A page of one form, in the middle. */
export function Lone({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <div className="entry">
      <Notices />
      <div className="login lone">
        <div className="l">
          <span className="brand">
            <Icon name="mark" />
            One-Click
          </span>
          <main id="main" className="login-form">
            <div>
              <h1>{title}</h1>
              <p className="t2 mt2">{lead}</p>
            </div>
            {children}
          </main>
        </div>
      </div>
    </div>
  );
}
