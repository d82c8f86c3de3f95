import { useState } from 'react';
import { Icon } from './icon.tsx';

type Theme = 'light' | 'dark';

const storageKey = 'local-slack-theme';

const isTheme = (value: unknown): value is Theme => value === 'light' || value === 'dark';

/** Applies the choice of an earlier visit. Without one the system's wish holds. */
export const restoreTheme = (): void => {
  const stored = localStorage.getItem(storageKey);
  if (isTheme(stored)) document.documentElement.dataset.theme = stored;
};

const currentTheme = (): Theme => {
  const chosen = document.documentElement.dataset.theme;
  if (isTheme(chosen)) return chosen;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
};

/** Turns the light on and off. */
export const ThemeSwitch = () => {
  const [theme, setTheme] = useState(currentTheme);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Use the ${other} theme`}
      title={`Use the ${other} theme`}
      data-testid="theme-switch"
      onClick={() => {
        document.documentElement.dataset.theme = other;
        localStorage.setItem(storageKey, other);
        setTheme(other);
      }}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  );
};
