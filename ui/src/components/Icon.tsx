import { type IconName, paths } from "./icon-paths";

export type { IconName };

interface Props {
  name: IconName;
  size?: "s" | "l";
  className?: string;
}

/** One outline of the design language. It never speaks: the word stands beside it or in the control's label. */
export function Icon({ name, size, className }: Props) {
  const classes = ["i", size, className].filter(Boolean).join(" ");
  return (
    <svg className={classes} viewBox="0 0 24 24" aria-hidden="true">
      {paths[name]}
    </svg>
  );
}
