# Manager, worker and embedded cluster in one image: the process launcher starts workers beside the manager.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Manager.Web -c Release -o /app/manager \
  && scripts/publish-worker.sh && cp -r artifacts/publish/worker /app/worker \
  && dotnet publish src/LocalCluster -c Release -o /app/local-cluster

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN useradd --system --uid 10001 lockstep \
  && mkdir -p /var/lib/lockstep \
  && chown lockstep /var/lib/lockstep
COPY --from=build /app /app
USER lockstep
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --retries=6 \
  CMD ["dotnet", "/app/manager/Lockstep.Manager.Web.dll", "--check-health", "http://127.0.0.1:8080/health/live"]
ENTRYPOINT ["dotnet", "/app/manager/Lockstep.Manager.Web.dll", "--data", "/var/lib/lockstep"]
CMD ["--urls", "http://0.0.0.0:8080"]
