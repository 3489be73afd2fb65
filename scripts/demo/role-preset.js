/** Roles as many sites with content begin: one writes, one comments. */
export const rolePreset = [
  {
    name: 'poster',
    description: 'Publishes articles with their pictures',
    permissions: ['articles:publish', 'media:upload'],
  },
  { name: 'commenter', description: 'Comments on articles', permissions: ['comments:write'] },
];
