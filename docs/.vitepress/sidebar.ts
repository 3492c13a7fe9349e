import type { DefaultTheme } from 'vitepress';
import { anchorOf, headingsOf, siteFileOf } from './pages.js';

/** A group of the sidebar: pages by name, then all of a folder; or one page and its sections. */
interface Group {
  readonly title: string;
  readonly pages: readonly string[];
  readonly folder?: string;
  readonly sectionsOf?: string;
}

const GROUPS: readonly Group[] = [
  { title: 'Start', pages: ['README.md', 'docs/tutorial.md'] },
  { title: 'How-to', pages: [], sectionsOf: 'docs/how-to.md' },
  { title: 'Systems', pages: [], folder: 'docs/systems' },
  { title: 'Studies', pages: ['docs/studies.md'], folder: 'docs/studies' },
  {
    title: 'Reference',
    pages: [
      'docs/reference.md',
      'docs/networks.md',
      'docs/network-format.md',
      'docs/glossary.md',
      'docs/timing-model.md',
    ],
  },
  {
    title: 'About',
    pages: ['docs/performance.md', 'docs/decisions.md', 'CHANGELOG.md', 'models/bundled/LICENSES.md'],
  },
];

/** What the sidebar calls a page whose title is too long for it or says nothing beside the site's name. */
const SHORT_TITLES: Readonly<Record<string, string>> = {
  'README.md': 'What ousim is',
  'docs/tutorial.md': 'Tutorial',
  'docs/systems/sre.md': 'SRE',
  'docs/studies.md': 'All studies',
  'docs/studies/adc-contention.md': 'ADC contention',
  'docs/studies/pipeline-stalls.md': 'Pipeline stalls',
  'docs/network-format.md': 'Network format',
  'CHANGELOG.md': 'Changes',
  'models/bundled/LICENSES.md': 'Licences of what is bundled',
};

/** A group with its pages. */
interface FilledGroup extends Omit<Group, 'folder'> {
  readonly pages: readonly string[];
}

/**
 * The groups in the order of the sidebar, with the pages of their folders.
 * @param sources pages by path from the root of the checkout
 * @throws when a page stands in no group or in two, or a group names one that does not exist
 */
export function groupsOf(sources: readonly string[]): FilledGroup[] {
  const groups = GROUPS.map(({ folder, ...group }) => ({
    ...group,
    pages: [...group.pages, ...sources.filter((source) => folder !== undefined && source.startsWith(`${folder}/`))],
  }));
  const shown = groups.flatMap(({ pages, sectionsOf }) => [
    ...pages,
    ...(sectionsOf === undefined ? [] : [sectionsOf]),
  ]);
  const problems = [
    ...sources
      .filter((source) => !shown.includes(source))
      .map((source) => `${source} is in no group: add it to GROUPS`),
    ...shown.filter((source) => !sources.includes(source)).map((source) => `${source} is in a group but is no page`),
    ...shown.filter((source, index) => shown.indexOf(source) < index).map((source) => `${source} is shown twice`),
  ];
  if (problems.length > 0) throw new Error(`docs/.vitepress/sidebar.ts: ${problems.join('; ')}`);
  return groups;
}

function linkOf(source: string): string {
  return `/${siteFileOf(source)}`.replace(/index\.md$/, '').replace(/\.md$/, '');
}

export function sidebarOf(sources: readonly string[]): DefaultTheme.SidebarItem[] {
  return groupsOf(sources).map(({ title, pages, sectionsOf }) => {
    if (sectionsOf !== undefined) {
      const page = linkOf(sectionsOf);
      const sections = headingsOf(sectionsOf, 2);
      const items = sections.map((section) => ({ text: section, link: `${page}#${anchorOf(section)}` }));
      return { text: title, link: page, items, collapsed: true };
    }
    const items = pages.map((page) => ({
      text: SHORT_TITLES[page] ?? headingsOf(page, 1)[0]!,
      link: linkOf(page),
    }));
    return { text: title, items, collapsed: false };
  });
}
