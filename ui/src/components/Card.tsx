import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  note?: ReactNode;
  actions?: ReactNode;
  /** The body brings its own padding, as a table does. */
  bare?: boolean;
  danger?: boolean;
  children: ReactNode;
}

/** A framed part of a page with its head. */
export function Card({ title, note, actions, bare, danger, children }: Props) {
  const id = useId();
  return (
    <section className={danger ? "card danger" : "card"} aria-labelledby={id}>
      <div className="hd">
        <h2 id={id}>{title}</h2>
        {note && <span className="t3 fs12">{note}</span>}
        {actions && <span className="end row g1">{actions}</span>}
      </div>
      {bare ? children : <div className="bd">{children}</div>}
    </section>
  );
}
