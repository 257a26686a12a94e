using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Lockstep.Manager.Web.Storage.Migrations
{
    /// <inheritdoc />
    public partial class FailoverReports : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Actor",
                table: "Failovers",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "SilenceMs",
                table: "Failovers",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Verdict",
                table: "Failovers",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateTable(
                name: "DrillRuns",
                columns: table => new
                {
                    Group = table.Column<string>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Json = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DrillRuns", x => new { x.Group, x.Number });
                    table.ForeignKey(
                        name: "FK_DrillRuns_Groups_Group",
                        column: x => x.Group,
                        principalTable: "Groups",
                        principalColumn: "Name",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Drills",
                columns: table => new
                {
                    Group = table.Column<string>(type: "TEXT", nullable: false),
                    Json = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Drills", x => x.Group);
                    table.ForeignKey(
                        name: "FK_Drills_Groups_Group",
                        column: x => x.Group,
                        principalTable: "Groups",
                        principalColumn: "Name",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Reports",
                columns: table => new
                {
                    Group = table.Column<string>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    Json = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Reports", x => new { x.Group, x.Number });
                    table.ForeignKey(
                        name: "FK_Reports_Groups_Group",
                        column: x => x.Group,
                        principalTable: "Groups",
                        principalColumn: "Name",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "DrillRuns");

            migrationBuilder.DropTable(
                name: "Drills");

            migrationBuilder.DropTable(
                name: "Reports");

            migrationBuilder.DropColumn(
                name: "Actor",
                table: "Failovers");

            migrationBuilder.DropColumn(
                name: "SilenceMs",
                table: "Failovers");

            migrationBuilder.DropColumn(
                name: "Verdict",
                table: "Failovers");
        }
    }
}
