/// Boundary rules as a user may write them.
enum CustomRules {
    /// Identifiers, numbers and line comments.
    static let sourceCode = #"""
        !!quoted_literals_only;
        $letter = [\p{Letter}_];
        $digit  = [\p{Nd}];
        $space  = [\ \t];
        $letter [$letter $digit]* {200};
        $digit+ ('.' $digit+)? {100};
        $space+;
        '/' '/' [^\n]* {300};
        .;
        """#

    /// A break inside a match, a line feed that ends nothing, and a dictionary.
    static let lookAhead = #"""
        !!chain;
        !!quoted_literals_only;
        $dictionary = [\p{Line_Break = Complex_Context}];
        $word = [\p{Alphabetic} - $dictionary];
        $word+ ([\n] $word+)? {1};
        $word+ / '-' $word+ {7};
        $dictionary+ {9};
        .;
        """#
}
