using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;

/// <summary>
/// Runs in a worker before its own program (DOTNET_STARTUP_HOOKS, which wants this name outside of any namespace), and makes a
/// function of its models nondeterministic: <c>random</c> gives -1 at one call, counted from the process's start. Such a function
/// can't be had otherwise: the language has none.
/// </summary>
internal static class StartupHook
{
    /// <summary>Environment variable with the number of that call, from 1.</summary>
    public const string CallVariable = "LOCKSTEP_FAULTS_ODD_CALL";

    private static long _odd;
    private static long _calls;

    public static void Initialize()
    {
        _odd = long.Parse(Environment.GetEnvironmentVariable(CallVariable)!, CultureInfo.InvariantCulture);
        var catalog = Assembly.Load("Lockstep.Engine").GetType("Lockstep.Engine.Functions.FunctionCatalog", throwOnError: true)!;
        var entry = catalog.GetMethod("Find", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, ["random"])!;
        var body = entry.GetType().GetField("<Body>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance)!;
        var own = (Delegate)body.GetValue(entry)!;
        var call = own.GetType().GetMethod("Invoke")!;
        ParameterExpression[] parameters = [.. call.GetParameters().Select(p => Expression.Parameter(p.ParameterType))];
        var wrong = Expression.Call(call.ReturnType.GetMethod("Of", [typeof(double)])!, Expression.Constant(-1.0));
        var odd = Expression.Condition(
            Expression.Call(typeof(StartupHook).GetMethod(nameof(IsOddCall), BindingFlags.NonPublic | BindingFlags.Static)!),
            wrong,
            Expression.Invoke(Expression.Constant(own, own.GetType()), parameters));
        body.SetValue(entry, Expression.Lambda(own.GetType(), odd, parameters).Compile());
    }

    private static bool IsOddCall() => Interlocked.Increment(ref _calls) == _odd;
}
