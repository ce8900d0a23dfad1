"""Login through GitHub, Microsoft, Google, GitLab and OpenID Connect."""
