# The image of the operator. Its context is a prepared root, not this folder: the
# binary, the shared libraries it is linked with, certificates of public authorities
# and time zones, each taken from its Debian package. No shell, no package manager.
#
#   ./dev image                                    builds build/image/launchgate.tar
#   docker build -f Dockerfile build/image/root    does the same where there is Docker
FROM scratch
COPY . /
USER 65532:65532
ENTRYPOINT ["/usr/bin/launchgate"]
CMD ["operator"]
