/// Word boundaries of UAX #29 (Unicode 15, revision 41) without any tailoring, in ICU's rule syntax.
///
/// The root rules of ICU itself depend on its version: 72 takes '@' for a letter and no
/// longer joins words at ':', and so fails 15 lines of WordBreakTest. Beyond the annex, runs of scripts that are
/// written without spaces are kept together here, because ICU cuts only such runs by dictionary; it
/// finds the characters concerned by the name of the set, `$dictionary`.
///
/// Rules WB5 to WB13 see through marks and format characters (WB4): hence the names in `…X`.
enum WordRules {
    static let text = #"""
        !!chain;
        !!quoted_literals_only;

        $CR           = [\p{Word_Break = CR}];
        $LF           = [\p{Word_Break = LF}];
        $Newline      = [\p{Word_Break = Newline}];
        $Space        = [\p{Word_Break = WSegSpace}];
        $ZWJ          = [\p{Word_Break = ZWJ}];
        $Ignored      = [\p{Word_Break = Extend} \p{Word_Break = Format} $ZWJ];
        $Pictograph   = [\p{Extended_Pictographic}];
        $Flag         = [\p{Word_Break = Regional_Indicator}];
        $Hebrew       = [\p{Word_Break = Hebrew_Letter}];
        $Letter       = [\p{Word_Break = ALetter} $Hebrew];
        $Numeric      = [\p{Word_Break = Numeric}];
        $Katakana     = [\p{Word_Break = Katakana}];
        $Connector    = [\p{Word_Break = ExtendNumLet}];
        $SingleQuote  = [\p{Word_Break = Single_Quote}];
        $DoubleQuote  = [\p{Word_Break = Double_Quote}];
        $MidLetter    = [\p{Word_Break = MidLetter} \p{Word_Break = MidNumLet} $SingleQuote];
        $MidNum       = [\p{Word_Break = MidNum} \p{Word_Break = MidNumLet} $SingleQuote];

        $SouthEast    = [\p{Line_Break = Complex_Context}];
        $EastAsian    = [[\p{Script = Han} \p{Script = Hiragana} $Katakana] - $Letter];
        $dictionary   = [$SouthEast $EastAsian];

        $FlagX        = $Flag        $Ignored*;
        $HebrewX      = $Hebrew      $Ignored*;
        $LetterX      = $Letter      $Ignored*;
        $NumericX     = $Numeric     $Ignored*;
        $KatakanaX    = $Katakana    $Ignored*;
        $ConnectorX   = $Connector   $Ignored*;
        $SingleQuoteX = $SingleQuote $Ignored*;
        $DoubleQuoteX = $DoubleQuote $Ignored*;
        $MidLetterX   = $MidLetter   $Ignored*;
        $MidNumX      = $MidNum      $Ignored*;
        $SouthEastX   = [$SouthEast - $Ignored] $Ignored*;
        $EastAsianX   = $EastAsian   $Ignored*;

        # WB3, WB3c, WB3d, WB4
        $CR $LF;
        $ZWJ $Pictograph;
        $Space $Space;
        [^$CR $LF $Newline]? $Ignored+;

        # WB5 to WB7c
        $LetterX $LetterX {200};
        $LetterX $MidLetterX $LetterX {200};
        $HebrewX $SingleQuoteX {200};
        $HebrewX $DoubleQuoteX $HebrewX {200};

        # WB8 to WB12
        $NumericX $NumericX {100};
        $LetterX $NumericX {100};
        $NumericX $LetterX {200};
        $NumericX $MidNumX $NumericX {100};

        # WB13 to WB13b
        $KatakanaX $KatakanaX {400};
        [$Letter $Numeric $Katakana $Connector] $Ignored* $ConnectorX {200};
        $ConnectorX [$Letter $Katakana] $Ignored* {200};
        $ConnectorX $NumericX {100};

        # WB15 and WB16: flags pair up from the start, so nothing chains into this rule.
        ^$FlagX $FlagX;

        # Runs for the dictionaries
        $SouthEastX $SouthEastX {200};
        $EastAsianX $EastAsianX {400};

        # WB999, and the class of single characters
        $LetterX {200};
        $NumericX {100};
        $EastAsianX {400};
        $SouthEastX {200};
        .;
        """#
}
