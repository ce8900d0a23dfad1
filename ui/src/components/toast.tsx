import { notifications } from "@mantine/notifications";
import { sentence } from "../api/errors";
import { Icon } from "./Icon";

/** One line that something was done. It is never the only place where that is said. */
export function told(message: string): void {
  notifications.show({ message, icon: <Icon name="check" />, withBorder: true });
}

/** What did not work, in the server's words; it stays until it is closed. */
export function failed(error: unknown): void {
  notifications.show({
    message: sentence(error),
    color: "red",
    icon: <Icon name="s-failed" />,
    autoClose: false,
    withBorder: true,
    role: "alert",
  });
}
