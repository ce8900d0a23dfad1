import { Modal } from "@mantine/core";
import type { Rollout } from "../../api/types";
import { ImageForm } from "./ImageForm";

/** Rolling out another image or tag, from the head of every tab. */
export function ChangeImage({
  opened,
  close,
  current,
}: {
  opened: boolean;
  close: () => void;
  current: Rollout;
}) {
  return (
    <Modal opened={opened} onClose={close} title="Roll out">
      <ImageForm current={current} done={close} autoFocus />
    </Modal>
  );
}
