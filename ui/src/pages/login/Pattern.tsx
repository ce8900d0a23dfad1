const columns = 16;
const rows = 16;
const step = 58;

/** A field of pips with one that is yours: the picture beside the sign-in form. Always the same. */
export function Pattern() {
  const pips = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const x = column * step + 11;
      const y = row * step - 12;
      const yours = row === 6 && column === 7;
      if (yours) pips.push(<Yours key="yours" x={x} y={y} />);
      else pips.push(<Pip key={`${row}-${column}`} x={x} y={y} kind={kindOf(row, column)} />);
    }
  }
  return (
    <svg
      className="pattern"
      viewBox={`0 0 ${columns * step} ${rows * step}`}
      preserveAspectRatio="xMidYMid slice"
    >
      <title>Pods</title>
      {pips}
    </svg>
  );
}

/** A fixed scatter: a small hash of the place decides the shape. */
function kindOf(row: number, column: number): number {
  return ((row * 73 + column * 151 + row * column * 37) % 97) % 10;
}

function Pip({ x, y, kind }: { x: number; y: number; kind: number }) {
  if (kind === 9) return null;
  const box = { x, y, width: 36, height: 36, rx: 8 };
  if (kind < 5) return <rect {...box} fill="var(--oc-line)" />;
  return (
    <rect
      {...box}
      fill="none"
      stroke="var(--oc-line-2)"
      strokeWidth={2}
      strokeDasharray={kind === 8 ? "5 4" : undefined}
    />
  );
}

function Yours({ x, y }: { x: number; y: number }) {
  return (
    <>
      <rect
        x={x - 10}
        y={y - 10}
        width={56}
        height={56}
        rx={14}
        fill="none"
        stroke="var(--oc-accent-solid)"
        strokeWidth={4}
      />
      <rect x={x} y={y} width={36} height={36} rx={8} fill="var(--oc-accent-solid)" />
    </>
  );
}
