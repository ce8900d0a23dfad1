import { fileUrl } from "../api/client";
import { Icon } from "./Icon";

interface Props {
  name: string;
  record?: { id: string; collectionId: string; collectionName: string; avatar?: string };
  small?: boolean;
}

const grounds = ["#45606b", "#5d5577", "#6b5345", "#4a5f45", "#6a4a5c", "#44607a"];

/** A picture, or the initials on a ground that stays the same for the same name. */
export function Avatar({ name, record, small }: Props) {
  const className = small ? "av s" : "av";
  if (record?.avatar) return <img className={className} src={fileUrl(record, record.avatar)} alt="" />;
  const initials = name
    .split(/[\s._@-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
  const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return (
    <span
      className={className}
      style={{ background: grounds[sum % grounds.length] }}
      // Drawn by the style sheet, since the name itself is always written beside it or in the control's label.
      data-initials={initials || "?"}
      aria-hidden="true"
    />
  );
}

/** What stands in an avatar's place when no person did it. */
export function Machine() {
  return (
    <span className="av s bot" aria-hidden="true">
      <Icon name="bot" />
    </span>
  );
}
