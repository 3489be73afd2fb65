/**
 * Whether somebody has proven recently who they are.
 *
 * @param authenticatedAt null for what no person stands behind, such as an API key: there is nobody to ask
 */
export function isRecent(authenticatedAt: Date | null, recentSeconds: number, now: Date): boolean {
  return authenticatedAt === null || now.getTime() - authenticatedAt.getTime() <= recentSeconds * 1_000;
}
