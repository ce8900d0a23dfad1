import { Menu, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { me, pb } from "../api/client";
import { Avatar } from "../components/Avatar";
import { IconButton } from "../components/Button";
import { Icon } from "../components/Icon";
import { Crumbs } from "./Crumbs";
import { openPalette } from "./palette-store";
import { RollingOut } from "./RollingOut";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** Where you are, what is rolling out, the palette, the colours and your account. */
export function TopBar() {
  return (
    <header className="top">
      <Crumbs />
      <div className="row end">
        <RollingOut />
        <button type="button" className="kfind" onClick={openPalette}>
          <Icon name="search" />
          <span>Search or act</span>
          <kbd>{isMac ? "⌘K" : "Ctrl K"}</kbd>
        </button>
        <ColourButton />
        <Account />
      </div>
    </header>
  );
}

function ColourButton() {
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <IconButton
      className="only-d"
      icon={scheme === "dark" ? "moon" : "sun"}
      label={`Change to ${other} colours`}
      onClick={() => setColorScheme(other)}
    />
  );
}

const colourWords = { auto: "Colours of the system", light: "Light", dark: "Dark" };

function Account() {
  const user = me();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const name = user?.name || user?.username || user?.email || "";
  return (
    <Menu width={220}>
      <Menu.Target>
        <UnstyledButton aria-label={`Your account, ${name}`} className="account">
          <Avatar name={name} record={user} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <b className="m">{name}</b>
          <div>{user?.email}</div>
        </Menu.Label>
        <Menu.Item component={Link} to="/app/profile" leftSection={<Icon name="user" />}>
          Profile
        </Menu.Item>
        <Menu.Divider />
        {(["auto", "light", "dark"] as const).map((one) => (
          <Menu.Item
            key={one}
            leftSection={colorScheme === one ? <Icon name="check" /> : <span className="i-space" />}
            onClick={() => setColorScheme(one)}
          >
            {colourWords[one]}
            {colorScheme === one && <span className="vh">, chosen</span>}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<Icon name="out" />}
          onClick={async () => {
            await pb.send("/api/session/end", { method: "POST" }).catch(() => undefined);
            pb.authStore.clear();
            navigate({ to: "/login" });
          }}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
