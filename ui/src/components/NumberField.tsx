import { TextInput } from "@mantine/core";
import { useState } from "react";
import { notBetween } from "../lib/limits";

interface Props {
  label: string;
  description?: string;
  value: string;
  change: (text: string) => void;
  least: number;
  most: number;
  /** It may be left empty. */
  optional?: boolean;
  error?: string;
}

/** A whole number. What is typed stays as it is and is called wrong if it is; nothing is rounded or cut in silence. */
export function NumberField({ label, description, value, change, least, most, optional, error }: Props) {
  const [left, setLeft] = useState(false);
  const wrong = optional && !value.trim() ? undefined : notBetween(value, least, most);
  return (
    <TextInput
      label={label}
      description={description}
      inputMode="numeric"
      autoComplete="off"
      value={value}
      error={error ?? (left ? wrong : undefined)}
      onBlur={() => setLeft(true)}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
