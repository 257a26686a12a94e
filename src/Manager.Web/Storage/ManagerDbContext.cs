using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Lockstep.Manager.Web.Storage;

/// <summary>Desired state and history. Nothing here is needed for a running group to go on.</summary>
internal sealed class ManagerDbContext(DbContextOptions<ManagerDbContext> options) : DbContext(options)
{
    /// <summary>Projects.</summary>
    public DbSet<ProjectRow> Projects => Set<ProjectRow>();

    /// <summary>Published versions.</summary>
    public DbSet<VersionRow> Versions => Set<VersionRow>();

    /// <summary>Groups.</summary>
    public DbSet<GroupRow> Groups => Set<GroupRow>();

    /// <summary>Members' processes.</summary>
    public DbSet<MemberRow> Members => Set<MemberRow>();

    /// <summary>Operations.</summary>
    public DbSet<OperationRow> Operations => Set<OperationRow>();

    /// <summary>Failovers.</summary>
    public DbSet<FailoverRow> Failovers => Set<FailoverRow>();

    /// <summary>Reports of failovers.</summary>
    public DbSet<ReportRow> Reports => Set<ReportRow>();

    /// <summary>Drills as asked for.</summary>
    public DbSet<DrillRow> Drills => Set<DrillRow>();

    /// <summary>Drills that were due.</summary>
    public DbSet<DrillRunRow> DrillRuns => Set<DrillRunRow>();

    /// <summary>Answers by Idempotency-Key.</summary>
    public DbSet<IdempotencyRow> Idempotency => Set<IdempotencyRow>();

    /// <summary>Bearer tokens.</summary>
    public DbSet<TokenRow> Tokens => Set<TokenRow>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        // SQLite neither sorts nor compares its text form of an instant with an offset.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ProjectRow>(e =>
        {
            e.HasIndex(p => p.Name).IsUnique();
            e.Property(p => p.Name).HasMaxLength(100);
            e.Property(p => p.RowVersion).IsConcurrencyToken();
        });
        modelBuilder.Entity<VersionRow>(e =>
        {
            e.HasIndex(v => new { v.ProjectId, v.Major, v.Minor }).IsUnique();
            e.HasOne<ProjectRow>().WithMany().HasForeignKey(v => v.ProjectId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<GroupRow>(e =>
        {
            e.HasKey(g => g.Name);
            e.Property(g => g.RowVersion).IsConcurrencyToken();
        });
        modelBuilder.Entity<MemberRow>(e =>
        {
            e.HasKey(m => new { m.Group, m.Member });
            e.HasOne<GroupRow>().WithMany().HasForeignKey(m => m.Group).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<OperationRow>(e => e.HasIndex(o => o.StartedAt));
        modelBuilder.Entity<FailoverRow>(e =>
        {
            e.HasKey(f => new { f.Group, f.Number });
            e.HasOne<GroupRow>().WithMany().HasForeignKey(f => f.Group).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ReportRow>(e =>
        {
            e.HasKey(r => new { r.Group, r.Number });
            e.HasOne<GroupRow>().WithMany().HasForeignKey(r => r.Group).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<DrillRow>(e =>
        {
            e.HasKey(d => d.Group);
            e.HasOne<GroupRow>().WithMany().HasForeignKey(d => d.Group).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<DrillRunRow>(e =>
        {
            e.HasKey(d => new { d.Group, d.Number });
            e.HasOne<GroupRow>().WithMany().HasForeignKey(d => d.Group).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<IdempotencyRow>(e =>
        {
            e.HasKey(i => i.Key);
            e.HasIndex(i => i.CreatedAt);
        });
        modelBuilder.Entity<TokenRow>(e => e.HasIndex(t => t.Hash).IsUnique());
    }

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(
        at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
