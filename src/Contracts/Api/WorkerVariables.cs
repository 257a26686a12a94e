namespace Lockstep.Contracts.Api;

/// <summary>Variables of the environment by which a manager tells a worker what no command line should show.</summary>
public static class WorkerVariables
{
    /// <summary>The key that the worker reports with.</summary>
    public const string Key = "LOCKSTEP_WORKER_KEY";

    /// <summary>Begins those that are as <c>--set NAME=VALUE</c>: <c>LOCKSTEP_SET_NAME</c>.</summary>
    public const string SettingPrefix = "LOCKSTEP_SET_";
}
